"""Commands on alarms: raised, had, over; and the job that takes them to people."""
