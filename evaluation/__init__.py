"""What is measured against the handbook: editions, rounds, visits, scores, coverage rules, score schemes."""
