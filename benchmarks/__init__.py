"""Speed as ratios measured in one run (`make bench`): against the framework's floor, and against the database's."""
