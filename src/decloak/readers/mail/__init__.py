"""Mail: what the readers of EML, MBOX and MSG share: headers, MIME parts, one document per message."""
