"""The path of a question: question, ranges, local time, router, source with masks and scope, compiler, answer,
pages."""
