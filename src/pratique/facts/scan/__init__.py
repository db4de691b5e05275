"""What a look into the files shows: rules detect, policy judges."""
