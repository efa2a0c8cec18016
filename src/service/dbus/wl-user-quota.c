/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Quotas by user. A WlUserQuota owns one entry for each user who uses something of his quota, at
 * most MAX_USERS: those who use nothing are forgotten. */

#include "wl-user-quota.h"

#include "wl-rate-limit.h"

#define CALL_INTERVAL (G_USEC_PER_SEC / WL_USER_CALLS_SECOND)

/* Further users share one entry. */
#define MAX_USERS 256
#define OTHERS    G_MAXUINT32 /* no user has it: (uid_t) -1 */

typedef struct {
    WlRateLimit calls;
    guint checks;
} Entry;

struct _WlUserQuota {
    GHashTable *entries; /* uid -> Entry */
};

WlUserQuota *
wl_user_quota_new(void)
{
    WlUserQuota *self = g_new0(WlUserQuota, 1);

    self->entries = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    return self;
}

void
wl_user_quota_free(WlUserQuota *self)
{
    if (!self)
        return;
    g_hash_table_unref(self->entries);
    g_free(self);
}

static gboolean
is_unused(gpointer uid, gpointer entry, gpointer now)
{
    const Entry *self = entry;

    return self->checks == 0 && self->calls.next <= *(gint64 *) now;
}

static Entry *
find(WlUserQuota *self, guint32 uid)
{
    return g_hash_table_lookup(self->entries, GUINT_TO_POINTER(uid));
}

static Entry *
find_or_add(WlUserQuota *self, guint32 uid, gint64 now)
{
    Entry *entry = find(self, uid);

    if (entry)
        return entry;
    if (g_hash_table_size(self->entries) >= MAX_USERS)
        g_hash_table_foreach_remove(self->entries, is_unused, &now);
    if (g_hash_table_size(self->entries) >= MAX_USERS && uid != OTHERS)
        return find_or_add(self, OTHERS, now);
    entry = g_new0(Entry, 1);
    g_hash_table_insert(self->entries, GUINT_TO_POINTER(uid), entry);
    return entry;
}

gboolean
wl_user_quota_take_call(WlUserQuota *self, guint32 uid, gint64 now)
{
    return wl_rate_limit_take(&find_or_add(self, uid, now)->calls, now, CALL_INTERVAL,
                              WL_USER_CALLS);
}

gboolean
wl_user_quota_begin_check(WlUserQuota *self, guint32 uid)
{
    Entry *entry = find(self, uid); /* wl_user_quota_take_call() has added it */

    if (!entry)
        entry = find_or_add(self, OTHERS, 0);
    if (entry->checks >= WL_USER_CHECKS)
        return FALSE;
    entry->checks++;
    return TRUE;
}

void
wl_user_quota_end_check(WlUserQuota *self, guint32 uid)
{
    Entry *entry = find(self, uid);

    if (!entry)
        entry = find(self, OTHERS);
    if (entry && entry->checks > 0)
        entry->checks--;
}
