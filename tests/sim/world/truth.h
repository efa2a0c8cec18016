/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "world/host.h"

/** The true state between two hosts: from their devices and networks, and for native members also
 * from what they report. */

/** TRUE if @a sends packets for @b to @b itself, in a live session, and reports this. */
gboolean truth_is_direct(SimHost *a, SimHost *b);
/** TRUE if @a sends packets for @b to another host, in a live session, and reports this. */
gboolean truth_is_routed(SimHost *a, SimHost *b);
gboolean truth_is_offline(SimHost *a, SimHost *b);
/** TRUE if a packet to each tunnel address of @b would arrive, and its reply return. */
gboolean truth_is_reachable(SimHost *a, SimHost *b);
/** TRUE if the native member holds such a fact about @about. @value NULL: any; @accepted -1:
 * either; @from NULL: any source, including itself. */
gboolean truth_holds(SimHost *host, const SimHost *about, const char *attribute, const char *value,
                     int accepted, const SimHost *from);
/** TRUE if the native member accepts such a fact only as stale: it expired or comes from the state
 * cache. */
gboolean truth_holds_stale(SimHost *host, const SimHost *about, const char *attribute,
                           const char *value);
/** TRUE if the member requests a route for @prefix into the link. */
gboolean truth_has_route(SimHost *host, const WlPrefix *prefix);

/** Appends one or two lines about the visible state. */
void truth_describe(SimHost *a, SimHost *b, GString *text);
void truth_describe_facts(SimHost *host, SimHost *about, GString *text);
void truth_describe_host(SimHost *host, GString *text);
