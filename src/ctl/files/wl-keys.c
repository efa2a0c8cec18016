/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keys as base64, read from a file descriptor or a file. Private keys are wiped from every buffer
 * here.
 */
#include "wl-keys.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wl-display.h"
#include "wl-print.h"

/* Reads up to @size bytes; -1 with errno. */
static gssize
read_all(int fd, char *buffer, gsize size)
{
    gsize got = 0;

    while (got < size) {
        gssize n = read(fd, buffer + got, size - got);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        got += (gsize) n;
    }
    return (gssize) got;
}

gboolean
wl_keys_read(int fd, const char *what, const char *kind, WlKey *key, GError **error)
{
    char text[256];
    gssize length = read_all(fd, text, sizeof(text) - 1);
    gboolean valid = FALSE;

    if (length < 0) {
        int code = errno;

        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(code), "cannot read %s: %s", what,
                    g_strerror(code));
        return FALSE;
    }
    text[length] = '\0';
    /* A text with a NUL is not a key. */
    if (strlen(text) == (gsize) length)
        valid = wl_key_parse(g_strstrip(text), key);
    sodium_memzero(text, sizeof(text));
    if (!valid)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "%s does not contain a %s: a key is 44 characters of base64 that "
                    "end in =",
                    what, kind);
    return valid;
}

gboolean
wl_keys_read_file(const char *path, WlKey *key, GError **error)
{
    g_autofree char *what = wl_display_escape(path);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct stat status;
    gboolean valid;

    if (fd < 0) {
        int code = errno;

        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(code), "cannot open %s: %s", what,
                    g_strerror(code));
        return FALSE;
    }
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_mode & 044)
        wl_print_error("warning: %s contains a private key and other users can read it; "
                       "run chmod 600 on it",
                       what);
    valid = wl_keys_read(fd, what, "private key", key, error);
    close(fd);
    return valid;
}
