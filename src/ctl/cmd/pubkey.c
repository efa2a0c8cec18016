/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wirelinkctl pubkey: the public key of a private key on standard input. */
#include <stdio.h>
#include <unistd.h>

#include "wl-command.h"
#include "wl-keys.h"
#include "wl-print.h"

static WlExit
run(WlRequest *request)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    WlKey private_key, public_key;
    gboolean derived;

    if (!wl_keys_read(STDIN_FILENO, "standard input", "private key", &private_key, &error)) {
        wl_print_error("%s", error->message);
        return WL_EXIT_FAILURE;
    }
    derived = wl_key_derive_public(&private_key, &public_key);
    wl_key_wipe(&private_key);
    if (!derived) {
        wl_print_error("the private key on standard input has no public key; generate another one "
                       "with wirelinkctl genkey");
        return WL_EXIT_FAILURE;
    }
    text = wl_key_to_string(&public_key);
    puts(text);
    return WL_EXIT_OK;
}

const WlCommand wl_command_pubkey = {
    .name = "pubkey",
    .summary = "read a private key from standard input and print its public key",
    .run = run,
};
