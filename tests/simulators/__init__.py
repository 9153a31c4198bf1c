"""SnapTrade and Plaid, simulated: real HTTP servers on loopback, with controls and a bill."""
