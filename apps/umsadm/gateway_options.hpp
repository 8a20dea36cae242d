#pragma once

#include "umsadm/registry/gateway.hpp"

#include "command.hpp"
#include "record_changes.hpp"

namespace umsadm::app {

using GatewayChanges = RecordChanges<Gateway>;

// The options of "gateway add" and "gateway edit": everything that a gateway's record holds but its name.
void add_gateway_options(Command& command, GatewayChanges& changes, Need host);

// The record with these changes. Paths on this machine are made absolute: they mean the same wherever umsadm is called.
Gateway changed(Gateway gateway, GatewayChanges changes);

}  // namespace umsadm::app
