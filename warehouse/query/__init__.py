"""A question's way: question, ranges, local time, router, source with masks and scope, compiler, answer, pages."""
