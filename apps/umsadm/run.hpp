#pragma once

namespace umsadm::app {

// The whole program: parses the command line, runs the command, and turns whatever became of it into text or JSON and
// an exit code. Nothing leaves it but that code.
int run(int argc, const char* const* argv) noexcept;

}  // namespace umsadm::app
