/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-active-profiles.h"
#include "wl-profile.h"
#include "wl-stored-profiles.h"

/**
 * Changes of stored profiles that take effect while they are active: those of NetworkManager over
 * D-Bus, and the files of wirelinkd. Neither service interrupts the traffic of other peers. Errors
 * are of WL_CTL_ERROR and name the remedy.
 */

/** A profile that can be changed. */
typedef struct {
    char *id;                      /* its name */
    const WlStoredProfile *stored; /* of NetworkManager; NULL: a file of wirelinkd */
    char *path;                    /* of that file */
    char *text;                    /* of that file; contains its private key */
    WlProfile *profile;            /* as it is stored; without secrets for NetworkManager */
} WlProfileEdit;

/** What can be changed. The stored profiles must outlive it. */
typedef struct {
    GDBusConnection *bus;
    GPtrArray *stored; /* as wl_stored_profiles_load() returns */
    GPtrArray *edits;  /* of WlProfileEdit */
} WlProfileEdits;

/** The profiles that this user may read, or those called @name (NULL: all). */
WlProfileEdits *wl_profile_edits_load(GDBusConnection *bus, const char *name, GError **error);
void wl_profile_edits_free(WlProfileEdits *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlProfileEdits, wl_profile_edits_free)

/** The peer of the profiles whose name is @name or whose key begins with it; *edit is its profile.
 * NULL with *error if there is none or more than one. */
const WlProfilePeer *wl_profile_edits_find_peer(const WlProfileEdits *self, const char *name,
                                                WlProfileEdit **edit, GError **error);
/** The only profile with that UUID or, for a file, that name; NULL if there is none. */
WlProfileEdit *wl_profile_edits_find(const WlProfileEdits *self, const char *uuid, const char *id);

/** The only profile; NULL with *error if there are several. */
WlProfileEdit *wl_profile_edits_get_only(const WlProfileEdits *self, GError **error);

/** Each stores the change; FALSE with *error, and nothing is changed, if the result would not be a
 * valid profile. */
gboolean wl_profile_edit_add_peer(const WlProfileEdits *self, WlProfileEdit *edit,
                                  const WlProfilePeer *peer, const char *section, GError **error);
gboolean wl_profile_edit_remove_peer(const WlProfileEdits *self, WlProfileEdit *edit,
                                     const WlProfilePeer *peer, GError **error);
/** @key: as in the file, in [Wirelink] if @peer is NULL, else in its section. */
gboolean wl_profile_edit_set(const WlProfileEdits *self, WlProfileEdit *edit,
                             const WlProfilePeer *peer, const char *key, const char *value,
                             GError **error);

/** One value of wl_profile_edit_set(). */
typedef struct {
    const WlProfilePeer *peer;
    const char *key;
    char *value; /* "": removes the key */
} WlProfileSetting;

/** Several values in one change. */
gboolean wl_profile_edit_set_all(const WlProfileEdits *self, WlProfileEdit *edit,
                                 const WlProfileSetting *settings, gsize n, GError **error);

typedef enum {
    WL_EDIT_STORED,  /* the profile is not active */
    WL_EDIT_APPLIED, /* the service has applied it */
    WL_EDIT_PENDING, /* it has not, or cannot be read by this user */
} WlEditEffect;

/** Waits a few seconds until @is_done accepts what the service publishes. */
WlEditEffect wl_profile_edit_wait(const WlProfileEdits *self, const WlProfileEdit *edit,
                                  gboolean (*is_done)(const WlActiveProfile *active,
                                                      gpointer user_data),
                                  gpointer user_data);
