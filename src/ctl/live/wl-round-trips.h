/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-active-profiles.h"

/**
 * A service measures a round trip when it is read, and publishes the result at the next read. This
 * reads the unknown round trips of directly connected peers once or twice more, for a quarter of a
 * second at most, so that the first run of a command shows them.
 */
void wl_round_trips_complete(GDBusConnection *bus, const WlActiveProfiles *profiles);
