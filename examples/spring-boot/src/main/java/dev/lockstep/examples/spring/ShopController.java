package dev.lockstep.examples.spring;

import java.util.List;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.EmptyResultDataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
class ShopController {
  private final Catalogue catalogue;
  private final OrderDesk orderDesk;

  ShopController(Catalogue catalogue, OrderDesk orderDesk) {
    this.catalogue = catalogue;
    this.orderDesk = orderDesk;
  }

  @GetMapping("/artists")
  List<Artist> artists() {
    return catalogue.artists();
  }

  @GetMapping("/artists/{id}/albums")
  List<Album> albums(@PathVariable long id) {
    return catalogue.albums(id);
  }

  @GetMapping("/albums/{id}/tracks")
  List<Track> tracks(@PathVariable long id) {
    return catalogue.tracks(id);
  }

  @PostMapping("/orders")
  @ResponseStatus(HttpStatus.CREATED)
  Receipt place(@RequestBody Order order) {
    return orderDesk.place(order);
  }

  @GetMapping("/orders/{reference}")
  ResponseEntity<Receipt> receipt(@PathVariable String reference) {
    return ResponseEntity.of(catalogue.receipt(reference));
  }

  @ExceptionHandler
  ProblemDetail refuse(SoldOutException e) {
    return ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, e.getMessage());
  }

  @ExceptionHandler
  ProblemDetail refuse(DuplicateKeyException e) {
    return ProblemDetail.forStatusAndDetail(
        HttpStatus.CONFLICT, "there is an order with this reference");
  }

  @ExceptionHandler
  ProblemDetail refuse(DataIntegrityViolationException e) {
    return ProblemDetail.forStatusAndDetail(
        HttpStatus.BAD_REQUEST, "an order has a reference and positive quantities");
  }

  @ExceptionHandler
  ProblemDetail refuse(EmptyResultDataAccessException e) {
    return ProblemDetail.forStatusAndDetail(HttpStatus.NOT_FOUND, "there is no such track");
  }
}
