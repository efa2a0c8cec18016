/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-ctl-input.h"
#include "wl-ctl-output.h"
#include "wl-ctl.h"

#include <stdio.h>
#include <unistd.h>

WlExit
wl_cmd_pubkey(char **arguments)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    WlKey private_key, public_key;
    gboolean derived;

    if (!wl_ctl_parse("pubkey", arguments, NULL, 0, NULL))
        return WL_EXIT_USAGE;
    if (!wl_ctl_read_key(STDIN_FILENO, "standard input", "private key", &private_key, &error)) {
        wl_ctl_complain("%s", error->message);
        return WL_EXIT_FAILURE;
    }
    derived = wl_key_derive_public(&private_key, &public_key);
    wl_key_wipe(&private_key);
    if (!derived) {
        wl_ctl_complain("standard input holds a private key that has no public key; make another "
                        "with wirelinkctl genkey");
        return WL_EXIT_FAILURE;
    }
    text = wl_key_to_string(&public_key);
    puts(text);
    return WL_EXIT_OK;
}
