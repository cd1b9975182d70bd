"""The pages that explore errors: what is clicked on, and the digits behind it."""
