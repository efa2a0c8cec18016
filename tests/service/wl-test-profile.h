/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <NetworkManager.h>

#include "wl-test-bus.h"

#define UUID      "2f3b7d6c-0d0e-4f5a-9b77-0123456789ab"
#define INTERFACE "nmwl-2f3b7d6c"
#define ROOT      "/org/freedesktop/NetworkManager/wirelink"
#define LINK      "org.freedesktop.NetworkManager.wirelink1.Link"
#define PEER      "org.freedesktop.NetworkManager.wirelink1.Peer"

/* Test keys: the private key is 00..1f; the private key of the peer is 20..3f. */
#define PRIVATE_KEY  "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define OWN_PUBLIC   "j0DFrbaPJWJK5bIU6nZ6bslNgp09e14a0bpvPiE4KF8="
#define HUB_PUBLIC   "NYBy1jZYgNGu6jKa35EhODhR7SGijjt16WXQ0s0WYlQ="
#define HUB_ENDPOINT "203.0.113.5:51820"

/** A profile "laptop" with the peer "hub". */
NMConnection *wl_test_profile_new(void);
/** The arguments of Connect. */
GVariant *wl_test_profile_parameters(NMConnection *connection);
/** Starts a service, activates @connection and waits until the link is up. */
void wl_test_profile_activate(WlTestBus *bus, NMConnection *connection);
