"""The commands of the command line, one module each; heavy imports stand inside, so that --help does not wait."""
