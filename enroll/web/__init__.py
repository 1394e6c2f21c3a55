"""What pages share: access marks, forms, one press one act, error pages, paging, language, headers, downloads."""
