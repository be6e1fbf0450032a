"""Pages and files about the programme for everybody, without an account, from published editions alone."""
