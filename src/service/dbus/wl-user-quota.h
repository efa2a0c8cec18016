/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/** What each user of the bus may cost: calls, and questions to polkit that are pending. A user who
 * floods the service takes nothing from others. */
typedef struct _WlUserQuota WlUserQuota;

/** Calls at once, and in a second after that. wirelinkctl and the editor make a few for each peer
 * that they show. */
#define WL_USER_CALLS        1000
#define WL_USER_CALLS_SECOND 100
/** Pending questions to polkit, which may wait for a password. */
#define WL_USER_CHECKS 8

WlUserQuota *wl_user_quota_new(void);
void wl_user_quota_free(WlUserQuota *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlUserQuota, wl_user_quota_free)

/** Counts a call of @uid at @now (µs, monotonic). FALSE: that was one too many. */
gboolean wl_user_quota_take_call(WlUserQuota *self, guint32 uid, gint64 now);
/** Counts a question to polkit. FALSE: too many of this user are pending. */
gboolean wl_user_quota_begin_check(WlUserQuota *self, guint32 uid);
/** Ends a question that was counted. */
void wl_user_quota_end_check(WlUserQuota *self, guint32 uid);
