/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-profile-file.h"

/** The file of a hub, to which members are added. */
typedef struct {
    char *path;               /* without symbolic links: the file itself is replaced */
    WlProfileFile *file;      /* NULL: the profile is stored elsewhere */
    const WlProfile *profile; /* of @file or elsewhere */
    char *endpoint;           /* where members reach the hub */
    GArray *networks;         /* of WlPrefix */
    char *text;               /* contains the private key of the hub */
    gsize length;
    int lock; /* -1: none */
} WlHubFile;

/** Names the file at @path; NULL with *error if there is none. */
WlHubFile *wl_hub_file_new(const char *path, GError **error);
/** The same for a profile called @id that is stored elsewhere, and checked for a new member called
 * @name. @endpoint: as in wl_hub_file_read(). It can be neither locked nor written;
 * @profile must outlive it. */
WlHubFile *wl_hub_file_new_of_profile(const char *id, const WlProfile *profile, const char *name,
                                      const char *endpoint, GError **error);
/** FALSE with *error if a member called @name is in @profile, which is called @id. */
gboolean wl_hub_file_check_name(const WlProfile *profile, const char *id, const char *name,
                                GError **error);
/** Releases the lock, and wipes the keys. */
void wl_hub_file_free(WlHubFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlHubFile, wl_hub_file_free)

/**
 * Keeps other processes that lock the file from writing it, so that two that add a member at the
 * same time do not assign the same address.
 */
gboolean wl_hub_file_lock(WlHubFile *self, GError **error);
/**
 * Reads the file, to which a member called @name will be added. @endpoint: where members reach the
 * hub; NULL: the endpoint in the file.
 */
gboolean wl_hub_file_read(WlHubFile *self, const char *name, const char *endpoint, GError **error);
/** Appends the section of a peer; comments in the file are kept. */
gboolean wl_hub_file_append(const WlHubFile *self, const char *section, GError **error);
