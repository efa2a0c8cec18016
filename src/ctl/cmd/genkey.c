/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wirelinkctl genkey: a new private key on standard output, wiped from memory. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "wl-command.h"
#include "wl-key-pair.h"
#include "wl-print.h"

/* Not through stdio, whose buffer is never wiped. */
static gboolean
write_all(const char *text, gsize length)
{
    while (length > 0) {
        gssize n = write(STDOUT_FILENO, text, length);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return FALSE;
        text += n;
        length -= (gsize) n;
    }
    return TRUE;
}

static WlExit
run(WlRequest *request)
{
    gboolean written;
    WlKey key;
    char *text;

    wl_key_generate(&key, wl_key_pair_random, NULL);
    text = wl_key_to_string(&key);
    wl_key_wipe(&key);
    written = write_all(text, WL_KEY_BASE64_SIZE) && write_all("\n", 1);
    wl_key_free_string(text);
    if (!written)
        wl_print_error("cannot write to standard output: %s", g_strerror(errno));
    return written ? WL_EXIT_OK : WL_EXIT_FAILURE;
}

const WlCommand wl_command_genkey = {
    .name = "genkey",
    .summary = "generate a private key",
    .run = run,
};
