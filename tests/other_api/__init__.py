"""A lending library: a small made-up API, unlike Twilio's in every habit, for the contract kit to be tried on."""
