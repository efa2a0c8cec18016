/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/**
 * Things in the order of their last change, each with the number of that change, which grows. Who
 * has been told up to some number goes on there, however long the list is.
 */
typedef struct _WlNews WlNews;

/** One of them: where it stands, kept inside it. */
typedef struct {
    gpointer owner;
    guint64 number; /* 0: not among them */
} WlNewsItem;

WlNews *wl_news_new(void);
void wl_news_free(WlNews *self);

/** It is the last now, and has the next number. */
void wl_news_push(WlNews *self, WlNewsItem *item);
void wl_news_remove(WlNews *self, WlNewsItem *item);
/** The number of the last change of all. */
guint64 wl_news_last(const WlNews *self);
/**
 * What changed first after number @since, NULL: nothing did. *cursor is set, for wl_news_next(); it
 * lasts until the next push.
 */
gpointer wl_news_first(const WlNews *self, guint64 since, guint *cursor);
gpointer wl_news_next(const WlNews *self, guint *cursor);
