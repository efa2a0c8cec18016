/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-ctl-input.h"

#include "wl-ctl-output.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Fills @buffer from @fd; -1 with errno. */
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
wl_ctl_read_key(int fd, const char *what, const char *kind, WlKey *key, GError **error)
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
    /* A NUL inside cuts the text short of its length: not a key. */
    if (strlen(text) == (gsize) length)
        valid = wl_key_parse(g_strstrip(text), key);
    sodium_memzero(text, sizeof(text));
    if (!valid)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "%s does not hold a %s: expected 44 characters of base64, the last one =", what,
                    kind);
    return valid;
}

gboolean
wl_ctl_read_key_file(const char *path, WlKey *key, GError **error)
{
    g_autofree char *what = wl_ctl_harmless(path);
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
        wl_ctl_complain("warning: %s holds a private key and others may read it; chmod 600 it",
                        what);
    valid = wl_ctl_read_key(fd, what, "private key", key, error);
    close(fd);
    return valid;
}

void
wl_ctl_random(gpointer user_data, guint8 *buffer, gsize length)
{
    randombytes_buf(buffer, length);
}

WlLineResult
wl_ctl_read_line(FILE *file, GString *line, gsize max)
{
    gboolean too_long = FALSE;
    int c;

    g_string_truncate(line, 0);
    c = getc_unlocked(file);
    if (c == EOF)
        return WL_LINE_END;
    for (; c != EOF && c != '\n'; c = getc_unlocked(file)) {
        if (line->len < max)
            g_string_append_c(line, (char) c);
        else
            too_long = TRUE;
    }
    return too_long ? WL_LINE_TOO_LONG : WL_LINE_OK;
}
