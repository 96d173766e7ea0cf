"""The Model Context Protocol: tools by which assistants ask what the API answers, under the same token."""
