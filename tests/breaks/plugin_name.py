"""How a broken run is told which break it is for."""

VARIABLE = "FRESHET_BREAK"
