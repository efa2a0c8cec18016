/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-address.h"

/** Resolves "host:port" without blocking. Answers come from the main loop, never from within a
 * call. */
typedef struct _WlResolver WlResolver;

/** @n = 0: the name could not be resolved. */
typedef void (*WlResolverFunc)(const char *name, const WlEndpoint *endpoints, gsize n,
                               gpointer user_data);

WlResolver *wl_resolver_new(WlResolverFunc func, gpointer user_data);
/** Nothing is called back any more. */
void wl_resolver_free(WlResolver *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlResolver, wl_resolver_free)

/** Starts a lookup; one under way for the same name is enough. */
void wl_resolver_resolve(WlResolver *self, const char *name);
