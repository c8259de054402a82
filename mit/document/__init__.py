"""What is read on paper: the certificate, its QR code, its seal, and papers that come back to us.

The only room that knows pyHanko, pikepdf, HarfBuzz, fontTools, ReportLab and qrcode.
May import knowledge and ground; never another room of means; decides nothing.
"""
