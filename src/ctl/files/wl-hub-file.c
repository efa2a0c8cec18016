/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file of a hub as "wirelinkctl add" uses it: locked, read, checked for a new member, and
 * extended by a section. Errors are of WL_PROFILE_ERROR and name the file and the remedy. The text
 * holds a private key and is wiped.
 */
#include "wl-hub-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wl-file-io.h"
#include "wl-network.h"
#include "wl-private-file.h"
#include "wl-profile-error.h"
#include "wl-profile-text.h"
#include "wl-wgquick.h"

/* Takes @path. */
static WlHubFile *
hub_file_new(char *path)
{
    WlHubFile *self = g_new0(WlHubFile, 1);

    self->path = path;
    self->networks = g_array_new(FALSE, FALSE, sizeof(WlPrefix));
    self->lock = -1;
    return self;
}

WlHubFile *
wl_hub_file_new(const char *path, GError **error)
{
    char *real = realpath(path, NULL);

    if (!real) {
        g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_IO,
                    "cannot read \"%s\": %s; name the file of the hub with --hub-file", path,
                    g_strerror(errno));
        return NULL;
    }
    return hub_file_new(real);
}

void
wl_hub_file_free(WlHubFile *self)
{
    free(self->path);
    g_clear_pointer(&self->file, wl_profile_file_free);
    g_free(self->endpoint);
    g_array_unref(self->networks);
    wl_file_wipe(self->text, self->length);
    if (self->lock >= 0)
        close(self->lock);
    g_free(self);
}

/* Another process may have replaced the file while this one waited for the lock. */
gboolean
wl_hub_file_lock(WlHubFile *self, GError **error)
{
    for (;;) {
        int fd = open(self->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        struct stat opened, now;

        if (fd < 0 || fstat(fd, &opened) < 0 || flock(fd, LOCK_EX) < 0) {
            g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_IO, "cannot lock \"%s\": %s",
                        self->path, g_strerror(errno));
            if (fd >= 0)
                close(fd);
            return FALSE;
        }
        if (stat(self->path, &now) == 0 && now.st_ino == opened.st_ino &&
            now.st_dev == opened.st_dev) {
            self->lock = fd;
            return TRUE;
        }
        close(fd);
    }
}

/* ---- reading ------------------------------------------------------------------------------- */

/* @given, else what "wirelinkctl new" noted. */
static gboolean
find_endpoint(WlHubFile *self, const char *shown, const char *given, GError **error)
{
    const char *found = given ? given : wl_network_noted_endpoint(self->profile);

    if (!found) {
        g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_MISSING,
                    "%s: the file does not note the endpoint of the hub; give it with --endpoint "
                    "HOST[:PORT]",
                    shown);
        return FALSE;
    }
    self->endpoint = wl_network_endpoint(found, error);
    if (!self->endpoint)
        g_prefix_error(error, "%s: ", given ? "--endpoint" : WL_NETWORK_NOTE_ENDPOINT);
    return self->endpoint != NULL;
}

/* Checks that it is the file of a hub without a member called @name. */
static gboolean
check(const WlProfile *profile, const char *shown, const char *name, GError **error)
{
    if (profile->role != WL_PROFILE_ROLE_ROUTER) {
        g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_CONFLICT,
                    "%s: not the file of a hub; if it is, write \"Role = router\" below [Wirelink]",
                    shown);
        return FALSE;
    }
    return wl_hub_file_check_name(profile, shown, name, error);
}

gboolean
wl_hub_file_check_name(const WlProfile *profile, const char *id, const char *name, GError **error)
{
    if (wl_network_check_new_name(profile, name, error))
        return TRUE;
    g_prefix_error(error, "%s: ", id);
    return FALSE;
}

static gboolean
check_key(const WlProfile *profile, const char *shown, GError **error)
{
    if (profile->private_key)
        return TRUE;
    g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_SECRET,
                "%s: PrivateKey is missing; it is needed for the public key of the hub", shown);
    return FALSE;
}

static gboolean
take_profile(WlHubFile *self, const char *shown, const char *name, const char *endpoint,
             GError **error)
{
    if (!check(self->profile, shown, name, error) || !find_endpoint(self, shown, endpoint, error))
        return FALSE;
    if (wl_network_of(self->profile, self->networks, error))
        return TRUE;
    g_prefix_error(error, "%s: ", shown);
    return FALSE;
}

gboolean
wl_hub_file_read(WlHubFile *self, const char *name, const char *endpoint, GError **error)
{
    g_autofree char *shown = g_filename_display_basename(self->path);

    self->text = wl_file_load(self->path, &self->length, error);
    if (!self->text)
        return FALSE;
    self->file = wl_wgquick_parse(self->text, self->length, shown, error);
    if (!self->file)
        return FALSE;
    self->profile = self->file->profile;
    return check_key(self->profile, shown, error) &&
           take_profile(self, shown, name, endpoint, error);
}

WlHubFile *
wl_hub_file_new_of_profile(const char *id, const WlProfile *profile, const char *name,
                           const char *endpoint, GError **error)
{
    g_autoptr(WlHubFile) self = hub_file_new(g_strdup(id));

    self->profile = profile;
    if (!take_profile(self, id, name, endpoint, error))
        return NULL;
    return g_steal_pointer(&self);
}

/* ---- writing ------------------------------------------------------------------------------- */

gboolean
wl_hub_file_append(const WlHubFile *self, const char *section, GError **error)
{
    g_autofree char *shown = g_filename_display_basename(self->path);
    gboolean ends = self->length > 0 && self->text[self->length - 1] == '\n';
    char *whole = g_strconcat(self->text, ends ? "" : "\n", "\n", section, NULL);
    g_autoptr(WlProfileFile) checked = wl_wgquick_parse(whole, strlen(whole), shown, error);
    gboolean written = checked && wl_private_file_write(self->path, whole, strlen(whole),
                                                        WL_PRIVATE_FILE_REPLACE, error);

    wl_profile_wipe_free(whole);
    return written;
}
