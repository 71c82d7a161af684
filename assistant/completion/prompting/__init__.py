"""What a model is given: the text around the cursor and related code, in the form that its family was trained on."""
