"""The screens: passive Qt widgets fed by presenters that know no Qt."""
