/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-ctl-files.h"

#include "wl-ctl-input.h"
#include "wl-ctl-output.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

void
wl_ctl_print_warnings(const GPtrArray *warnings)
{
    for (guint i = 0; i < warnings->len; i++) {
        g_autofree char *text = wl_ctl_harmless(warnings->pdata[i]);

        wl_ctl_complain("warning: %s", text);
    }
}

static gboolean
fail(GError **error, const char *path, const char *problem)
{
    g_autofree char *name = g_filename_display_name(path);

    g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_IO, "cannot write \"%s\": %s", name,
                problem);
    return FALSE;
}

static gboolean
write_new(const char *path, const char *text, GError **error)
{
    gsize left = strlen(text);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    int code = 0;

    if (fd < 0)
        return fail(error, path,
                    errno == EEXIST ? "it is there already; choose another name, or move it away"
                                    : g_strerror(errno));
    while (left > 0 && !code) {
        gssize n = write(fd, text, left);

        if (n < 0 && errno != EINTR)
            code = errno;
        else if (n > 0) {
            text += n;
            left -= (gsize) n;
        }
    }
    /* umask may have taken more away, never less. */
    if (!code && (fchmod(fd, 0600) < 0 || fsync(fd) < 0))
        code = errno;
    if (close(fd) < 0 && !code)
        code = errno;
    if (!code)
        return TRUE;
    unlink(path);
    return fail(error, path, g_strerror(code));
}

gboolean
wl_ctl_write_file(const char *path, const char *text, gboolean replace, GError **error)
{
    g_autoptr(GError) local = NULL;
    struct stat status;

    if (!replace || (lstat(path, &status) < 0 && errno == ENOENT))
        return write_new(path, text, error);
    /* Renaming onto /dev/stdout and its like would replace the device. */
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
        return fail(error, path, "it is not a regular file");
    if (!g_file_set_contents_full(path, text, -1,
                                  G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                  0600, &local))
        return fail(error, path, local->message);
    return TRUE;
}

char *
wl_ctl_public_key_of(const char *private_key)
{
    WlKey key, public_key;
    gboolean derived;

    if (!private_key || !wl_key_parse(private_key, &key))
        return NULL;
    derived = wl_key_derive_public(&key, &public_key);
    wl_key_wipe(&key);
    return derived ? wl_key_to_string(&public_key) : NULL;
}

char *
wl_ctl_make_private_key(void)
{
    WlKey key;
    char *text;

    wl_key_generate(&key, wl_ctl_random, NULL);
    text = wl_key_to_string(&key);
    wl_key_wipe(&key);
    return text;
}

guint
wl_ctl_terminal_columns(void)
{
    struct winsize size;

    if (!isatty(STDOUT_FILENO))
        return 0;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
        return 80;
    return size.ws_col;
}
