/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "world/host.h"

/** What is so between two hosts: by their devices and networks, and, for members of ours, also by
 * what they show. */

/** @a sends to @b itself, in a live session, and shows that. */
gboolean truth_is_direct(SimHost *a, SimHost *b);
/** @a sends what is for @b to another host, in a live session, and shows that. */
gboolean truth_is_routed(SimHost *a, SimHost *b);
gboolean truth_is_offline(SimHost *a, SimHost *b);
/** A packet to every tunnel address of @b would arrive, and its answer. */
gboolean truth_is_reachable(SimHost *a, SimHost *b);
/** A member of ours holds such a fact about @about; @value may be NULL; @accepted: -1 or which;
 * @from NULL: from anybody, itself included. */
gboolean truth_holds(SimHost *host, const SimHost *about, const char *attribute, const char *value,
                     int accepted, const SimHost *from);
/** A member of ours believes such a fact only because nobody can be asked: it has run out, or was
 * recalled. */
gboolean truth_holds_stale(SimHost *host, const SimHost *about, const char *attribute,
                           const char *value);
/** NetworkManager would be told to route it into the link. */
gboolean truth_has_route(SimHost *host, const WlPrefix *prefix);

/** A line or two about what can be seen. */
void truth_describe(SimHost *a, SimHost *b, GString *text);
void truth_describe_facts(SimHost *host, SimHost *about, GString *text);
void truth_describe_host(SimHost *host, GString *text);
