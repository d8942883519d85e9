package dev.lockstep.examples.shop;

import java.io.IOException;

/**
 * What the demonstration starts as a node: the node's own main class, and a thread that ends the
 * process when the demonstration has gone, so that nothing is left running if that is killed.
 */
final class NodeMain {
  private NodeMain() {}

  public static void main(String[] args) throws Exception {
    Thread watch = new Thread(NodeMain::exitWithParent, "parent-watch");
    watch.setDaemon(true);
    watch.start();
    Class.forName("dev.lockstep.server.cli.Main")
        .getMethod("main", String[].class)
        .invoke(null, (Object) args);
  }

  /** Standard input is a pipe whose other end only the parent has open. */
  private static void exitWithParent() {
    try {
      while (System.in.read() >= 0) {
        // Nothing is ever sent.
      }
    } catch (IOException e) {
      // The pipe broke: the parent has gone.
    }
    System.exit(1);
  }
}
