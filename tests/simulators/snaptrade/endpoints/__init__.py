"""The provider's endpoints, one module for each subject; the caller holds the world's lock."""
