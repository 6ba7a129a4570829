"""What people do in Slack: each deed tells the app, and shows the person, what Slack would."""
