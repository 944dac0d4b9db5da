"""Batch: a durable run over any number of documents, in shards, on engines that others maintain.

Nothing is imported here: `decloak.batch.run` starts runs, `decloak.batch.status` tells of them.
"""
