"""The document camera (高拍仪): preview, page find, straightened pages."""
