#pragma once

#include "../command.hpp"

namespace umsadm::app {

// Adds one command to its group: what it is called, its options, its help. One function and one file for each.
using AddCommand = void (*)(Command& group);

void add_init(Command& root);
void add_fullhelp(Command& root);

void add_cert_create_root(Command& cert);
void add_cert_create(Command& cert);
void add_cert_import(Command& cert);
void add_cert_renew(Command& cert);
void add_cert_list(Command& cert);
void add_cert_show(Command& cert);
void add_cert_check(Command& cert);
void add_cert_export(Command& cert);
void add_cert_delete(Command& cert);

// All commands of the program, in the order of the help.
void add_all_commands(Command& root);

}  // namespace umsadm::app
