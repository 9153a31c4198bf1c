"""Use cases: one module each, one public function each; they decide the order of steps."""
