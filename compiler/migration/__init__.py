"""Files in the old forms to the form of borgmatic 2.1: text to text, layout and comments kept."""
