/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-profile-file.h"
#include "wl-session.h"

/**
 * Applies a changed file to a session. Changes that need a restart are logged and listed as
 * pending; a file that is not valid changes nothing.
 */
typedef struct _WlFileReload WlFileReload;

/** @session must be ready and outlive this object. Takes ownership of @file, as activated, and
 * wipes its secrets. */
WlFileReload *wl_file_reload_new(WlSession *session, const char *path, WlProfileFile *file);
void wl_file_reload_free(WlFileReload *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlFileReload, wl_file_reload_free)

/** Reads the file again. TRUE if it was applied, had pending changes or was the same; FALSE if it
 * is not valid. *changed: whether any result of the functions below changed. */
gboolean wl_file_reload_run(WlFileReload *self, gboolean *changed);
/** The file as last read successfully, without secrets. */
const WlProfileFile *wl_file_reload_get_file(const WlFileReload *self);
/** Changed keys that need a restart, as in the table of keys, sorted, NULL-terminated. */
const char *const *wl_file_reload_get_pending(const WlFileReload *self);
/** Why the file is not valid, as one sentence; "" if it is valid. */
const char *wl_file_reload_get_error(const WlFileReload *self);
