#include "login_options.hpp"

#include "login.hpp"

namespace umsadm::app {

void add_login_options(Command& command, LoginOptions& options) {
    add_login_options(
        command, [&options](auto field) { return into(options.*field); },
        [&options](auto field, bool value) { return [&options, field, value] { options.*field = value; }; });
}

}  // namespace umsadm::app
