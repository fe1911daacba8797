rule pages:
    input: []
