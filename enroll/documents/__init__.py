"""PDF, QR codes, images and spreadsheets: data in, bytes out. Knows no feature, no page and no database."""
