"""Our own figures for the paper's claims, as `hemoscope claims --results` reads them."""
