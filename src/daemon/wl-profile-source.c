/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Reads the file of a profile without following links and without waiting for other processes. */

#include "wl-profile-source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wl-file-io.h"
#include "wl-format.h"
#include "wl-profile-check.h"
#include "wl-profile-error.h"
#include "wl-profile-text.h"
#include "wl-wgquick.h"

#define SUFFIX   ".wirelink"
#define MAX_NAME 64 /* characters; a bus name has at most 255 */

/* ---- names --------------------------------------------------------------------------------- */

gboolean
wl_profile_source_check_name(const char *name, GError **error)
{
    gsize length = strlen(name);
    gboolean valid = length > 0 && length <= MAX_NAME && g_ascii_isalnum(name[0]);

    for (const char *p = name; valid && *p; p++)
        valid = g_ascii_isalnum(*p) || strchr("-_.", *p);
    if (valid)
        return TRUE;
    g_autofree char *quoted = wl_profile_value_quote(name);

    return wl_profile_fail(error, WL_PROFILE_ERROR_VALUE,
                           "%s cannot name a profile; use at most %d letters, digits, \"-\", \"_\" "
                           "and \".\", beginning with a letter or digit",
                           quoted, MAX_NAME);
}

char *
wl_profile_source_dup_path(const char *name)
{
    return g_strconcat(WL_CONFIG_DIR "/", name, SUFFIX, NULL);
}

/* ---- who may read and write ---------------------------------------------------------------- */

static gboolean
fail_io(const char *path, int code, GError **error)
{
    if (code == ELOOP)
        return wl_profile_fail(error, WL_PROFILE_ERROR_IO,
                               "%s is a symbolic link; put the file itself there", path);
    if (code == ENOENT)
        return wl_profile_fail(error, WL_PROFILE_ERROR_IO,
                               "%s does not exist; \"wirelinkctl new\" and \"wirelinkctl convert\" "
                               "write such files",
                               path);
    return wl_profile_fail(error, WL_PROFILE_ERROR_IO, "cannot read %s: %s", path,
                           g_strerror(code));
}

static gboolean
check_owner(const char *path, const struct stat *status, GError **error)
{
    if (!S_ISREG(status->st_mode))
        return wl_profile_fail(error, WL_PROFILE_ERROR_IO, "%s is not a regular file", path);
    if (status->st_uid != geteuid())
        return wl_profile_fail(error, WL_PROFILE_ERROR_IO,
                               "%s belongs to user %u, who could replace the private key; run "
                               "\"chown root %s\" if the content is right",
                               path, (guint) status->st_uid, path);
    if (status->st_mode & (S_IRWXG | S_IRWXO))
        return wl_profile_fail(error, WL_PROFILE_ERROR_IO,
                               "%s has the mode %04o, so other users may know the private key; run "
                               "\"chmod 600 %s\", and generate a new key if they could read it",
                               path, (guint) status->st_mode & 07777, path);
    return TRUE;
}

static gboolean
check_directory(const char *path, GError **error)
{
    g_autofree char *directory = g_path_get_dirname(path);
    struct stat status;

    if (stat(directory, &status) < 0)
        return fail_io(directory, errno, error);
    if (status.st_uid == geteuid() && !(status.st_mode & (S_IWGRP | S_IWOTH)))
        return TRUE;
    return wl_profile_fail(error, WL_PROFILE_ERROR_IO,
                           "other users can replace files in %s (user %u, mode %04o); run \"chown "
                           "root %s\" and \"chmod 700 %s\"",
                           directory, (guint) status.st_uid, (guint) status.st_mode & 07777,
                           directory, directory);
}

/* ---- reading ------------------------------------------------------------------------------- */

/* A buffer of WL_PROFILE_MAX_FILE + 2 bytes, to be freed with wl_file_wipe(). */
static char *
read_all(int fd, gsize *length, const char *path, GError **error)
{
    char *text = g_malloc(WL_PROFILE_MAX_FILE + 2);
    gssize got = 1;

    *length = 0;
    while (got != 0 && *length <= WL_PROFILE_MAX_FILE) {
        got = read(fd, text + *length, WL_PROFILE_MAX_FILE + 1 - *length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            fail_io(path, errno, error);
            wl_file_wipe(text, *length);
            return NULL;
        }
        *length += (gsize) got;
    }
    text[*length] = '\0';
    return text;
}

static char *
load(const char *path, gsize *length, GError **error)
{
    char *text = NULL;
    struct stat status;
    /* Do not follow a symbolic link or wait for the writer of a pipe. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);

    if (fd < 0) {
        fail_io(path, errno, error);
        return NULL;
    }
    if (fstat(fd, &status) < 0)
        fail_io(path, errno, error);
    else if (check_owner(path, &status, error) && check_directory(path, error))
        text = read_all(fd, length, path, error);
    close(fd);
    if (!text || *length <= WL_PROFILE_MAX_FILE)
        return text;
    wl_profile_fail(error, WL_PROFILE_ERROR_SYNTAX,
                    "%s is longer than %u bytes; is this a profile?", path, WL_PROFILE_MAX_FILE);
    wl_file_wipe(text, *length);
    return NULL;
}

static WlProfileFile *
parse(const char *text, gsize length, const char *path, GError **error)
{
    switch (wl_format_detect(text, length)) {
    case WL_FORMAT_GO:
    case WL_FORMAT_WIREHUB:
        wl_profile_fail(error, WL_PROFILE_ERROR_REFUSED,
                        "%s is a file of another program; convert it with \"wirelinkctl convert\"",
                        path);
        return NULL;
    default:
        return wl_wgquick_parse(text, length, path, error);
    }
}

WlProfileFile *
wl_profile_source_load(const char *path, GError **error)
{
    g_autoptr(WlProfileFile) file = NULL;
    gsize length;
    char *text = load(path, &length, error);

    if (!text)
        return NULL;
    file = parse(text, length, path, error);
    wl_file_wipe(text, length);
    if (!file)
        return NULL;
    if (!wl_profile_check(file->profile, WL_PROFILE_CHECK_SECRETS, error)) {
        g_prefix_error(error, "%s: ", path);
        return NULL;
    }
    /* The numbers in messages: as in the file. */
    for (guint i = 0; i < file->profile->peers->len; i++)
        ((WlProfilePeer *) file->profile->peers->pdata[i])->number = i + 1;
    return g_steal_pointer(&file);
}
