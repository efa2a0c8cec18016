/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/**
 * Items in the order of their last change. Change numbers only increase. A subscriber stores the
 * number up to which it has read and continues from there, regardless of the length of the log.
 */
typedef struct _WlChangeLog WlChangeLog;

/** The entry of one item, embedded in the item, which must not move in memory while it is in the
 * log. */
typedef struct {
    gpointer owner; /* the item */
    guint64 number; /* 0: not in the log */
} WlChangeLogItem;

WlChangeLog *wl_change_log_new(void);
/** Does not free the items. */
void wl_change_log_free(WlChangeLog *self);

/** Records a change: moves @item to the end, with the next number. */
void wl_change_log_push(WlChangeLog *self, WlChangeLogItem *item);
/** No effect if @item is not in the log. */
void wl_change_log_remove(WlChangeLog *self, WlChangeLogItem *item);
/** The number of the latest change, even if its item was removed since; 0: none yet. */
guint64 wl_change_log_last(const WlChangeLog *self);
/**
 * The owner of the first item with a number greater than @since; NULL: none. Sets *cursor for
 * wl_change_log_next(); the cursor is valid until the next push.
 */
gpointer wl_change_log_first(const WlChangeLog *self, guint64 since, guint *cursor);
/** The owner of the next item; NULL at the end. */
gpointer wl_change_log_next(const WlChangeLog *self, guint *cursor);
