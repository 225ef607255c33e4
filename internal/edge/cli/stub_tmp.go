package cli

type assessCmd struct{}

func (assessCmd) Run(e *env) error { return nil }

type layoutsCmd struct{}

func (layoutsCmd) Run(e *env) error { return nil }

type exportCmd struct{}

func (exportCmd) Run(e *env) error { return nil }
